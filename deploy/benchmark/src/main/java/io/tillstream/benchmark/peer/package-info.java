/** What the same work costs elsewhere. */
@NullMarked
package io.tillstream.benchmark.peer;

import org.jspecify.annotations.NullMarked;
