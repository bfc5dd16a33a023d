@NullMarked
package io.tillstream.subscription.stripe;

import org.jspecify.annotations.NullMarked;
