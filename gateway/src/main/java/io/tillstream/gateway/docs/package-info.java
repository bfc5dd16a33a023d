/** All services' endpoints on one page. */
@NullMarked
package io.tillstream.gateway.docs;

import org.jspecify.annotations.NullMarked;
