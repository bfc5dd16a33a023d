/** Cancel, pause, and the way back. */
@NullMarked
package io.tillstream.subscription.cancellation;

import org.jspecify.annotations.NullMarked;
