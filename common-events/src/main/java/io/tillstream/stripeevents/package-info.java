/** Stripe's events and objects as we read them: tolerant of what is new, of older and newer API versions. */
@NullMarked
package io.tillstream.stripeevents;

import org.jspecify.annotations.NullMarked;
