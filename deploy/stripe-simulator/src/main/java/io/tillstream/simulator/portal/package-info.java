/** Where customers look after their cards and subscriptions themselves. */
@NullMarked
package io.tillstream.simulator.portal;

import org.jspecify.annotations.NullMarked;
