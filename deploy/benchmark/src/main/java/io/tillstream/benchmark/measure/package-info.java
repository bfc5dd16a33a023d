/** What processes and databases have used. */
@NullMarked
package io.tillstream.benchmark.measure;

import org.jspecify.annotations.NullMarked;
