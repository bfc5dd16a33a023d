@NullMarked
package io.tillstream.subscription.portal;

import org.jspecify.annotations.NullMarked;
