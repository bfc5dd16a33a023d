/** What a change would cost, promised for ten minutes. */
@NullMarked
package io.tillstream.subscription.quote;

import org.jspecify.annotations.NullMarked;
