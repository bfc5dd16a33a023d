/** Money of invoices that goes back: refunds, disputes, fraud warnings, credit notes, and what came too late. */
@NullMarked
package io.tillstream.subscription.moneyback;

import org.jspecify.annotations.NullMarked;
