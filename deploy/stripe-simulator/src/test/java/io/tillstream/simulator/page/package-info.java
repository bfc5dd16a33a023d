/** Pages as a browser gets them. */
@NullMarked
package io.tillstream.simulator.page;

import org.jspecify.annotations.NullMarked;
