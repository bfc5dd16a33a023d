@NullMarked
package io.tillstream.subscription.ending;

import org.jspecify.annotations.NullMarked;
