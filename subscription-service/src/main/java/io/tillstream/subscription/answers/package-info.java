/** What an answer of Stripe is worth, whatever was asked. */
@NullMarked
package io.tillstream.subscription.answers;

import org.jspecify.annotations.NullMarked;
