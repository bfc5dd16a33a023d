/** How a subscription begins. */
@NullMarked
package io.tillstream.subscription.start;

import org.jspecify.annotations.NullMarked;
