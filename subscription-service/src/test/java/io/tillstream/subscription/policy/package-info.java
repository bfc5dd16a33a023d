@NullMarked
package io.tillstream.subscription.policy;

import org.jspecify.annotations.NullMarked;
