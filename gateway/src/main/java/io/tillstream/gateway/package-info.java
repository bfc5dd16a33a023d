/** The one door to the services. */
@NullMarked
package io.tillstream.gateway;

import org.jspecify.annotations.NullMarked;
