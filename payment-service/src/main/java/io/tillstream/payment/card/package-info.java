/** What is known of saved cards, and the rules by which it changes. */
@NullMarked
package io.tillstream.payment.card;

import org.jspecify.annotations.NullMarked;
