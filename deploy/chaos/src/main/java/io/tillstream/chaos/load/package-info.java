/** Carries out the plan of what is done, and notes it. */
@NullMarked
package io.tillstream.chaos.load;

import org.jspecify.annotations.NullMarked;
