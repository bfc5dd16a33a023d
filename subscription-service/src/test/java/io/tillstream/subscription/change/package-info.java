@NullMarked
package io.tillstream.subscription.change;

import org.jspecify.annotations.NullMarked;
