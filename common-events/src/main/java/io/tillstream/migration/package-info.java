/** The tables of a release, made by one process at a time. */
@NullMarked
package io.tillstream.migration;

import org.jspecify.annotations.NullMarked;
