
// Which tokens attend to each other: all of a photo; or with a SIDE those of a window of a map, which was
// moved DOWN and RIGHT. Of these, pairs have a bias by the difference of their places, and those from
// opposite sides of the map lose 100.
#if SIDE
#let ACROSS WIDTH / SIDE
#let WINDOWS HEIGHT / SIDE * ACROSS
fn place(window: i32, token: i32) -> i32 {
  let at = window % {{WINDOWS}};
  let y = (at / {{ACROSS}} * {{SIDE}} + token / {{SIDE}} + {{DOWN}}) % {{HEIGHT}};
  let x = (at % {{ACROSS}} * {{SIDE}} + token % {{SIDE}} + {{RIGHT}}) % {{WIDTH}};
  return (window / {{WINDOWS}} * {{HEIGHT}} + y) * {{WIDTH}} + x;
}

#if DOWN || RIGHT
fn region(window: i32, token: i32) -> vec2i {
  let at = window % {{WINDOWS}};
  let is_last = vec2(at / {{ACROSS}} == {{HEIGHT / SIDE - 1}}, at % {{ACROSS}} == {{ACROSS - 1}});
  let is_beyond = vec2(token / {{SIDE}} >= {{SIDE - DOWN}}, token % {{SIDE}} >= {{SIDE - RIGHT}});
  return select(vec2i(), vec2i(is_beyond), is_last);
}
#end

fn bias(window: i32, head: i32, query: i32, key: i32) -> f32 {
  let down = query / {{SIDE}} - key / {{SIDE}} + {{SIDE - 1}};
  let right = query % {{SIDE}} - key % {{SIDE}} + {{SIDE - 1}};
  let learned = table[(down * {{2 * SIDE - 1}} + right) * {{HEADS}} + head];
#if DOWN || RIGHT
  if (any(region(window, query) != region(window, key))) { return learned - 100.0; }
#end
  return learned;
}
#else
fn place(photo: i32, token: i32) -> i32 {
  return photo * {{TOKENS}} + token;
}
#end
