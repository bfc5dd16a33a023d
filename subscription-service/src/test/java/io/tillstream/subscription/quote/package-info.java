@NullMarked
package io.tillstream.subscription.quote;

import org.jspecify.annotations.NullMarked;
