/** Subscriptions, invoices and what users may use, held against Stripe's. */
@NullMarked
package io.tillstream.chaos.check.subscription;

import org.jspecify.annotations.NullMarked;
