/** Stripe's events, and where each goes. */
@NullMarked
package io.tillstream.subscription.settlement;

import org.jspecify.annotations.NullMarked;
