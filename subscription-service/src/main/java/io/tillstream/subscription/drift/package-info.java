/**
 * What is known of plans, subscriptions and invoices beside what Stripe has. Rows of the other features are read here, and never
 * written: what differs is taken in as an event would be.
 */
@NullMarked
package io.tillstream.subscription.drift;

import org.jspecify.annotations.NullMarked;
