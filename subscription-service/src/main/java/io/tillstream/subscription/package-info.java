/** Plans, subscriptions, invoices, entitlements. */
@NullMarked
package io.tillstream.subscription;

import org.jspecify.annotations.NullMarked;
