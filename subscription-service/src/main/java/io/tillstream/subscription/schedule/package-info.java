/** Which subscription schedules may have lost an end of their user: by a write of ours, or of payment-service. */
@NullMarked
package io.tillstream.subscription.schedule;

import org.jspecify.annotations.NullMarked;
