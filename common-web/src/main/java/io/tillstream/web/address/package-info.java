/** Addresses, and what they need where. */
@NullMarked
package io.tillstream.web.address;

import org.jspecify.annotations.NullMarked;
