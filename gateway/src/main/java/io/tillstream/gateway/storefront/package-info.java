/** The shop's pages, and what stands at the gateway's address without them. */
@NullMarked
package io.tillstream.gateway.storefront;

import org.jspecify.annotations.NullMarked;
