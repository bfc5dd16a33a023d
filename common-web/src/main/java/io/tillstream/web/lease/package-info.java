/** Work that one instance does at a time. */
@NullMarked
package io.tillstream.web.lease;

import org.jspecify.annotations.NullMarked;
