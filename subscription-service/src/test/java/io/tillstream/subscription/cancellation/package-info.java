@NullMarked
package io.tillstream.subscription.cancellation;

import org.jspecify.annotations.NullMarked;
