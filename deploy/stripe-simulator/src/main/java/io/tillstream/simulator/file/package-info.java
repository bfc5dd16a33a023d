/** Files that were uploaded, and links to them. */
@NullMarked
package io.tillstream.simulator.file;

import org.jspecify.annotations.NullMarked;
