/** Which card pays a subscription. */
@NullMarked
package io.tillstream.subscription.paymentmethod;

import org.jspecify.annotations.NullMarked;
