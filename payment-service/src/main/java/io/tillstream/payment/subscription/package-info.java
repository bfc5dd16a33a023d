/** What of a customer's subscriptions concerns their cards and their leaving; all else is subscription-service's. */
@NullMarked
package io.tillstream.payment.subscription;

import org.jspecify.annotations.NullMarked;
