import { Users } from '@/views/users';

export default function Page() {
  return <Users />;
}
