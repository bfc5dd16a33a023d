/** Which service answers what. */
@NullMarked
package io.tillstream.gateway.routes;

import org.jspecify.annotations.NullMarked;
