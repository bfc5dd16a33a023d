@NullMarked
package io.tillstream.subscription.moneyback;

import org.jspecify.annotations.NullMarked;
