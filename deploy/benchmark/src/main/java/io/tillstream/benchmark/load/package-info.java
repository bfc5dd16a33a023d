/** Clients that send requests, and how long they waited for answers. */
@NullMarked
package io.tillstream.benchmark.load;

import org.jspecify.annotations.NullMarked;
