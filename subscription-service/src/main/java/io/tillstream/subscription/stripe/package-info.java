/** What all questions to Stripe have in common. */
@NullMarked
package io.tillstream.subscription.stripe;

import org.jspecify.annotations.NullMarked;
