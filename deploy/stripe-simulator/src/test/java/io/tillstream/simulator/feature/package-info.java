/** What customers may use, as a shop sees it. */
@NullMarked
package io.tillstream.simulator.feature;

import org.jspecify.annotations.NullMarked;
