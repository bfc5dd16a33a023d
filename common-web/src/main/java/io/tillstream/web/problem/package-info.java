/** Every error of a request, told as problem JSON. */
@NullMarked
package io.tillstream.web.problem;

import org.jspecify.annotations.NullMarked;
