/**
 * What is known of payments, refunds, disputes, customers and cards beside what Stripe has. Rows of the other features are read
 * here, and never written: what differs is taken in as an event would be.
 */
@NullMarked
package io.tillstream.payment.drift;

import org.jspecify.annotations.NullMarked;
