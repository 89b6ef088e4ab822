//! The end of objects: values, memory, slots.

use core::ptr::NonNull;

use super::node::{Header, Node};
use super::slot::{Remains, Slot};
use super::with_local;

/// # Safety
/// The node must be allocated for `'n`.
#[inline]
pub(super) unsafe fn header_of<'n, T: ?Sized>(node: NonNull<Node<T>>) -> &'n Header {
    // SAFETY: a node begins with its header. No reference to the value is made.
    let header: &'n Header = unsafe { node.cast::<Header>().as_ref() };
    header.life.used();
    header
}

/// # Safety
/// The node must be allocated.
#[inline]
pub(super) unsafe fn value_of<T: ?Sized>(node: NonNull<Node<T>>) -> *mut T {
    // SAFETY: only the address of a field is taken.
    unsafe { &raw mut (*node.as_ptr()).value }
}

/// # Safety
/// No handle may be left, no slot show the node, no walker have it, and its value be gone.
#[inline]
unsafe fn free<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the node is still allocated.
    let header = unsafe { header_of(node) };
    if header.identity.has_record() {
        // SAFETY: nobody has the object any more.
        unsafe { header.identity.discard() };
    }
    // SAFETY: the caller's promise.
    unsafe { free_memory(node) };
}

/// # Safety
/// As [`free`], and nothing may be kept for the object.
#[inline]
unsafe fn free_memory<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the node is still allocated.
    if !unsafe { header_of(node) }.life.ends() {
        return;
    }
    // SAFETY: the reference is for the layout alone, which is known from the pointer.
    let layout = unsafe { core::alloc::Layout::for_value(node.as_ref()) };
    // SAFETY: the node was made in a `Box`, and so is the global allocator's, with this layout; the rest is the caller's promise.
    unsafe { super::spare::free(node.cast(), layout) };
}

/// Tells an object's tracker of its end.
///
/// # Safety
/// The node must be allocated, and nobody else have the object or get it again, but for walkers that read its header.
#[inline]
pub(super) unsafe fn say_farewell<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the caller's promise.
    let header = unsafe { header_of(node) };
    if header.identity.is_told()
        && let Some(class) = header.class()
    {
        header.identity.farewell(class);
    }
}

/// Returns the slot of an object that is not in it any more, and counts the object as dropped.
#[inline]
pub(super) fn give_back(object: &Header) {
    if !object.slot.is_null() {
        // SAFETY: slots come from `Page::slot`.
        let page = unsafe { Slot::page(object.slot) };
        with_local(|local| local.give_back(object, page));
    }
}

/// # Safety
/// The caller gives up one weak count.
pub(super) unsafe fn drop_weak<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the count keeps the node allocated until it is dropped.
    if unsafe { header_of(node) }.counts.drop_weak() {
        // SAFETY: no handle of any kind is left; the last strong one saw to the value, the slot and the walkers.
        unsafe { free(node) };
    }
}

/// Destroys an object: its value, and its memory if no weak handle is left.
///
/// # Safety
/// The object must have no strong handle (or one that is the only handle of any kind, given up by the caller), be in no slot, and be
/// read by no walker.
#[inline]
pub(super) unsafe fn destroy_node<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the caller's promise.
    unsafe { say_farewell(node) };
    // SAFETY: as above; the weak count of all strong handles together is given up.
    unsafe { end::<T, false>(node) };
}

/// [`destroy_node`] for an object whose only handle of any kind the caller gives up: the usual end.
///
/// # Safety
/// As [`destroy_node`], and no other handle may be left.
#[inline]
pub(super) unsafe fn destroy_unique<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the node is allocated.
    if unsafe { header_of(node) }.identity.is_told() {
        // SAFETY: the caller's promise.
        return unsafe { destroy_told(node) };
    }
    // SAFETY: the caller's promise. No handle can be made while there is none: so nothing comes to be kept for the object, either.
    unsafe { end::<T, true>(node) };
}

/// Drops the value, then frees the memory: at once if the object is `UNIQUE`, else if no weak handle is left.
///
/// # Safety
/// Nobody may read the value, now or later, and the weak count of the strong handles be the caller's to give up. An object that is unique must
/// have no handle, and nothing be kept for it.
#[inline]
unsafe fn end<T: ?Sized, const UNIQUE: bool>(node: NonNull<Node<T>>) {
    struct Memory<T: ?Sized, const UNIQUE: bool>(NonNull<Node<T>>);
    impl<T: ?Sized, const UNIQUE: bool> Drop for Memory<T, UNIQUE> {
        #[inline]
        fn drop(&mut self) {
            if UNIQUE {
                // SAFETY: what was promised to `end`.
                unsafe { free_memory(self.0) };
            } else {
                // SAFETY: as above.
                unsafe { drop_weak_after_value(self.0) };
            }
        }
    }
    // A destructor that panics must not keep the memory.
    let memory = Memory::<T, UNIQUE>(node);
    // SAFETY: the node is allocated.
    let value = unsafe { value_of(memory.0) };
    // SAFETY: the caller's promise.
    unsafe { core::ptr::drop_in_place(value) };
}

/// [`destroy_node`], not inlined.
///
/// # Safety
/// As there.
#[inline(never)]
unsafe fn destroy_told<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the caller's promise.
    unsafe { destroy_node(node) };
}

/// # Safety
/// As [`drop_weak`]; a strong count of 1 is allowed if no other handle of any kind exists.
#[inline]
unsafe fn drop_weak_after_value<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the count keeps the node allocated.
    let unique = unsafe { header_of(node) }.counts.is_unique();
    if unique {
        // SAFETY: the only handle was the caller's; the rest is the caller's promise.
        unsafe { free(node) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { drop_weak(node) };
    }
}

/// [`destroy_node`] for who knows only the header, or, if the value is gone, the rest of it.
///
/// # Safety
/// As [`destroy_node`]; the object's class must be that of `T`.
pub(super) unsafe fn destroy<T>(header: NonNull<Header>, remains: Remains) {
    let node = header.cast::<Node<T>>();
    match remains {
        // SAFETY: the caller's promise.
        Remains::Value => unsafe { destroy_node(node) },
        // SAFETY: the weak count of the strong handles goes with the last of them.
        Remains::Memory => unsafe { drop_weak(node) },
    }
}

/// What a class has in the place of [`destroy`] whose objects are never in a slot.
///
/// # Safety
/// None is needed.
pub(super) unsafe fn nothing(_: NonNull<Header>, _: Remains) {}

/// Destroys an object that was parked, and gives its slot back.
///
/// # Safety
/// The object must have been released by [`Page::leave`] or [`Page::leave_holding`], and not yet be destroyed.
pub(super) unsafe fn destroy_parked(header: NonNull<Header>, remains: Remains) {
    // SAFETY: a released object is still allocated; a node begins with its header.
    let object = unsafe { header_of(header.cast::<Node<()>>()) };
    // SAFETY: slots come from `Page::slot`.
    let class = unsafe { Slot::page(object.slot) }.class();
    give_back(object);
    // SAFETY: parked objects have no strong handle; nobody reads a released one; the class is that of its page.
    unsafe { (class.destroy)(header, remains) };
}
