/** Who may do what: token check and the table of access rules. */
@NullMarked
package io.tillstream.web.access;

import org.jspecify.annotations.NullMarked;
