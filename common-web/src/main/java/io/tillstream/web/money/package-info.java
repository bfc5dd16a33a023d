/** Which amounts can be paid. */
@NullMarked
package io.tillstream.web.money;

import org.jspecify.annotations.NullMarked;
