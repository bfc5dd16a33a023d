/** Stripe's own page, where users look after their cards and subscriptions. */
@NullMarked
package io.tillstream.subscription.portal;

import org.jspecify.annotations.NullMarked;
