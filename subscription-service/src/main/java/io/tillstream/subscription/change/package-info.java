/** Another plan or another quantity, now or at the end of the period. */
@NullMarked
package io.tillstream.subscription.change;

import org.jspecify.annotations.NullMarked;
