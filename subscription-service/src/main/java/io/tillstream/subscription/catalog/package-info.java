/** What can be subscribed to, here and at Stripe. */
@NullMarked
package io.tillstream.subscription.catalog;

import org.jspecify.annotations.NullMarked;
