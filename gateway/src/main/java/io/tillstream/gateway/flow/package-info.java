/** How Stripe's events flow through the services at the moment, for the operators' page. */
@NullMarked
package io.tillstream.gateway.flow;

import org.jspecify.annotations.NullMarked;
