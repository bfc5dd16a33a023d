/** Applications of a few lines, each a process of its own: what the frameworks under Tillstream can do at best. */
@NullMarked
package io.tillstream.benchmark.bare;

import org.jspecify.annotations.NullMarked;
