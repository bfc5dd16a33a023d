/** What is for sale, and for how much. */
@NullMarked
package io.tillstream.order.catalog;

import org.jspecify.annotations.NullMarked;
