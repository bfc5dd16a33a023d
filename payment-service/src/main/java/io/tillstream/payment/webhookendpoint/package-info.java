/** Whether Stripe sends its events to our door: all that are followed, in a version that is read. */
@NullMarked
package io.tillstream.payment.webhookendpoint;

import org.jspecify.annotations.NullMarked;
