/** Orders as they are kept: lines, state, history and timeline. */
@NullMarked
package io.tillstream.order.order;

import org.jspecify.annotations.NullMarked;
