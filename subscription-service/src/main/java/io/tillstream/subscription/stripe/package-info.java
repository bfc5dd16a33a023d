/** How subscriptions are asked for and changed at Stripe. */
@NullMarked
package io.tillstream.subscription.stripe;

import org.jspecify.annotations.NullMarked;
