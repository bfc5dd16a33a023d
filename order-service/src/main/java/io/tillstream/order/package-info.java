/** Products, orders, and what was paid for each order. */
@NullMarked
package io.tillstream.order;

import org.jspecify.annotations.NullMarked;
