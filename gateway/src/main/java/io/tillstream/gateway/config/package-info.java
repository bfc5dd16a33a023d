/** What a page needs to know to start. */
@NullMarked
package io.tillstream.gateway.config;

import org.jspecify.annotations.NullMarked;
